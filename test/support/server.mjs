// Starts the real server for a test and stops it afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const binary = process.env.CARILLON_BINARY ?? fileURLToPath(new URL('../../bin/carillon', import.meta.url));
const startMillis = 10_000;

export const apiKey = 'test-api-key';

/**
 * Runs `carillon serve` with a configuration, and further arguments, until stop() is called. Address, port and API
 * key are set here.
 */
export async function startServer(config = {}, args = []) {
  if (!existsSync(binary)) {
    throw new Error(`${binary} is missing: build it with "make build"`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'carillon-'));
  const port = await freePort();
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify({
    ...config,
    http_server: { ...config.http_server, address: '127.0.0.1', port },
    http_api: { ...config.http_api, key: apiKey },
    health: { enabled: true },
  }));
  const child = spawn(binary, ['serve', '-c', file, ...args], { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder });
  const server = new Server(child, port, folder);
  await server.ready();
  return server;
}

class Server {
  #child;
  #folder;
  #log = '';

  constructor(child, port, folder) {
    this.#child = child;
    this.#folder = folder;
    this.http = `http://127.0.0.1:${port}`;
    this.ws = `ws://127.0.0.1:${port}/connection/websocket`;
    child.stderr.on('data', (chunk) => (this.#log += chunk));
  }

  async ready() {
    for (const end = Date.now() + startMillis; ; await pause(20)) {
      if (this.#child.exitCode !== null) {
        throw new Error(`the server ended with code ${this.#child.exitCode}:\n${this.#log}`);
      }
      const answer = await fetch(`${this.http}/health`).catch(() => undefined);
      if (answer?.ok) {
        return;
      }
      if (Date.now() > end) {
        throw new Error(`the server does not answer:\n${this.#log}`);
      }
    }
  }

  /** Calls a method of the server API and returns its result; an error of the API rejects with it. */
  async api(method, params = {}) {
    const answer = await fetch(`${this.http}/api/${method}`, {
      method: 'POST',
      headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(params),
    });
    const reply = await answer.json();
    if (reply.error) {
      throw Object.assign(new Error(`${method}: ${reply.error.message}`), reply.error);
    }
    return reply.result;
  }

  /** Ends the server gracefully and returns its exit code. */
  async stop() {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

function pause(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
