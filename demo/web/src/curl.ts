/** A request that publishes into a channel through the server's HTTP API. */
export interface PublishRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export function publishRequest(origin: string, apiKey: string, channel: string): PublishRequest {
  return {
    url: `${origin}/api/publish`,
    headers: apiKey === '' ? {} : { 'X-API-Key': apiKey },
    body: JSON.stringify({ channel, data: { text: 'Hello from curl' } }),
  };
}

/** The request as words of one shell command, grouped as they are best kept on one line. */
export function curlWords(request: PublishRequest): string[] {
  const headers = Object.entries(request.headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return [`curl -X POST ${quoteIfNeeded(request.url)}`, ...headers, `-d ${quote(request.body)}`];
}

/** Within single quotes a POSIX shell takes everything literally but the single quote itself. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function quoteIfNeeded(word: string): string {
  return /^[\w.:/@%+,-]+$/.test(word) ? word : quote(word);
}
