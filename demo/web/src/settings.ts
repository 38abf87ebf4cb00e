/** What the page remembers: the name and channel in this browser, and the channel in the address, to be shared. */
export interface Settings {
  name: string;
  channel: string;
}

export const defaultChannel = 'chat:demo';

const nameKey = 'carillon.demo.name';
const channelKey = 'carillon.demo.channel';

/** The channel that the address names, or ''. */
export function channelInHash(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('channel')?.trim() ?? '';
}

export function hashOf(channel: string): string {
  // Colons and slashes are legal in a fragment, and channel names are full of them.
  return `#channel=${encodeURIComponent(channel).replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}

export function load(): Settings {
  return {
    name: read(nameKey) || suggestName(),
    channel: channelInHash(location.hash) || read(channelKey) || defaultChannel,
  };
}

export function save({ name, channel }: Settings): void {
  write(nameKey, name);
  write(channelKey, channel);
}

function suggestName(): string {
  const names = ['Ada', 'Alan', 'Barbara', 'Dennis', 'Edsger', 'Frances', 'Grace', 'Ken', 'Leslie', 'Margaret', 'Radia', 'Tony'];
  return names[Math.floor(Math.random() * names.length)] ?? 'Ada';
}

// A browser may forbid storage; the page then works and forgets.
function read(key: string): string {
  try {
    return localStorage.getItem(key)?.trim() ?? '';
  } catch {
    return '';
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    return;
  }
}
