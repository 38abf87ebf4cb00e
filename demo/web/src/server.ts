/** What the page is told about the server that serves it. */
export interface ServerConfig {
  version: string;
  /** Empty when the API takes requests without a key. */
  apiKey: string;
}

export async function readServerConfig(): Promise<ServerConfig> {
  const response = await fetch('/demo/config.json');
  if (!response.ok) {
    throw new Error(`/demo/config.json answered ${response.status}`);
  }
  return (await response.json()) as ServerConfig;
}

export function webSocketURL(page: Location): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/connection/websocket`;
}
