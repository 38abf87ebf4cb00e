// Measures the server beside the floor, the cheapest server that can answer the same load generator, in one run on
// one machine, and writes RESULTS.md.
//
//   make bench TOOLS=DIR    DIR holds the sources of rtload (the load) and floor, each in a folder of its name
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, release, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.env.ROUNDS ?? 3);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-'));

/** The server with default settings but for what lets the load in. */
const config = {
  client: { allow_anonymous_connect_without_token: true },
  http_api: { key: 'api_key' },
  prometheus: { enabled: true },
  channel: { without_namespace: { allow_subscribe_for_client: true, allow_subscribe_for_anonymous: true } },
};

const micro = (key) => ({ key, unit: 'µs', digits: 1 });
const workloads = [
  { name: 'idle, 15,000 connections with a channel each', args: '-s idle -n 15000 -d 30s -ch own%d', figures: [{ key: 'rss_kb_per_conn', unit: 'KB/connection', digits: 1, target: '≤ 6' }, { ...micro('cpu_us_per_conn_s'), unit: 'µs/s per connection', digits: 2, target: '≤ 1.2' }] },
  { name: 'idle, 15,000 connections without a channel', args: '-s idle -n 15000 -d 30s -nosub', figures: [{ key: 'rss_kb_per_conn', unit: 'KB/connection', digits: 1, target: '≤ 4' }] },
  { name: 'storm, 10,000 connect and subscribe', args: '-s storm -n 10000', floor: true, figures: [{ ...micro('cpu_us_per_connect'), unit: 'µs CPU/connect', target: '≤ 65' }, { key: 'conn_per_s', unit: 'connects/s', digits: 0 }] },
  { name: 'fanout, 1,000 subscribers, 100 publishes/s', args: '-s fanout -n 1000 -rate 100 -d 15s', floor: true, figures: [{ ...micro('cpu_us_per_delivery'), unit: 'µs CPU/delivery', digits: 2, target: '≤ 1.15 × floor' }, { key: 'delivery_p99_ms', unit: 'ms p99', digits: 1, target: '≤ 12' }] },
  { name: 'fanout, 1,000 subscribers, closed loop', args: '-s fanout -n 1000 -d 10s', floor: true, figures: [{ key: 'delivered_per_s', unit: 'deliveries/s', digits: 0, target: '≥ 400,000' }] },
  { name: 'unicast, 1,000 subscribers of a channel each', args: '-s unicast -n 1000 -d 10s', figures: [{ ...micro('cpu_us_per_publish'), unit: 'µs CPU/publish and delivery', target: '≤ 25' }] },
  { name: 'publish by HTTP, no subscriber', args: '-s publish -d 10s', floor: true, figures: [{ ...micro('cpu_us_per_publish'), unit: 'µs CPU/publish', target: '≤ 15' }] },
];

function build(name, cwd, pkg = '.') {
  const out = join(folder, name);
  execFileSync('go', ['build', '-o', out, pkg], { cwd, stdio: 'inherit' });
  return out;
}

/** Runs a server for one workload; the figures are those that the load prints. */
async function measure(load, command, args, port, workload) {
  const server = spawn(command, args, { stdio: 'ignore', cwd: folder });
  try {
    await listening(port);
    const pid = String(server.pid);
    const out = execFileSync(load, ['-addr', `127.0.0.1:${port}`, '-pid', pid, '-json', ...workload.args.split(' ')], { encoding: 'utf8' });
    const figures = JSON.parse(out);
    if (figures.failed || figures.failed_end || figures.errors || (figures.expected ?? 0) > (figures.delivered ?? 0)) {
      throw new Error(`${workload.name}: something failed: ${out}`);
    }
    return figures;
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}

async function listening(port) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((done) => socket.once('connect', () => done(true)).once('error', () => done(false)));
    socket.destroy();
    if (open) {
      return;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const show = (value, { digits }) => value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const range = (values, figure) => `${show(median(values), figure)} (${show(Math.min(...values), figure)}–${show(Math.max(...values), figure)})`;

async function main() {
  const tools = process.env.TOOLS;
  if (!tools) {
    throw new Error('say where rtload and floor are: make bench TOOLS=DIR');
  }
  const load = build('rtload', resolve(root, tools, 'rtload'));
  const floor = build('floor', resolve(root, tools, 'floor'));
  const carillon = build('carillon', root, './cmd/carillon');
  const ports = { carillon: 18000, floor: 18200 };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...config, http_server: { address: '127.0.0.1', port: ports.carillon } }));

  const rows = [];
  for (const workload of workloads) {
    const runs = { carillon: [], floor: [] };
    for (let round = 1; round <= rounds; round++) {
      console.error(`${workload.name}, ${round} of ${rounds}`);
      runs.carillon.push(await measure(load, carillon, ['-c', 'config.json'], ports.carillon, workload));
      if (workload.floor) {
        runs.floor.push(await measure(load, floor, ['-port', String(ports.floor)], ports.floor, workload));
      }
    }
    for (const figure of workload.figures) {
      const ours = runs.carillon.map((run) => run[figure.key]);
      const theirs = runs.floor.map((run) => run[figure.key]);
      const ratio = theirs.length ? (median(ours) / median(theirs)).toFixed(2) : '';
      rows.push(`| ${workload.name} | \`${workload.args}\` | ${figure.unit} | ${range(ours, figure)} | ${theirs.length ? range(theirs, figure) : ''} | ${ratio} | ${figure.target ?? ''} |`);
    }
  }
  writeFileSync(fileURLToPath(new URL('RESULTS.md', import.meta.url)), report(rows));
}

function report(rows) {
  return `# Results

Written by \`make bench TOOLS=DIR\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0].model.trim()}, Linux ${release()},
${execFileSync('go', ['version'], { encoding: 'utf8' }).trim().replace('go version ', '')}. Load and server share the cores. The median of ${rounds} runs, and their range; the floor,
which answers the same load with one write(2) per delivery and no logic, ran between them. Nothing failed and nothing was lost in any run.
The server has its default settings, with metrics on.

| work | rtload | figure | Carillon | floor | ratio | target |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
