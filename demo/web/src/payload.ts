/**
 * What a publication's data is to this page: a line of chat as the page itself publishes it, or anything else, which
 * is shown as the JSON it is.
 */
export type Payload = { kind: 'chat'; text: string; name: string } | { kind: 'json'; code: string };

/** How many characters of a payload are shown; one message must not bury the others. */
export const maxShown = 4000;

export function readPayload(data: unknown): Payload {
  if (isChat(data)) {
    return { kind: 'chat', text: shorten(data.text), name: (data.name ?? '').trim() };
  }
  return { kind: 'json', code: shorten(JSON.stringify(data, null, 2) ?? String(data)) };
}

/** The data of a message written on this page. */
export function chat(text: string, name: string): { text: string; name: string } {
  return { text, name };
}

/** Exactly the two fields that the page writes: data with more of them is shown whole. */
function isChat(data: unknown): data is { text: string; name?: string } {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { text, name, ...rest } = data as Record<string, unknown>;
  return typeof text === 'string' && (name === undefined || typeof name === 'string') && Object.keys(rest).length === 0;
}

function shorten(s: string): string {
  return s.length > maxShown ? `${s.slice(0, maxShown)}\n… ${s.length - maxShown} more characters` : s;
}
