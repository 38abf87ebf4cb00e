// Two browser windows on the demo page: they chat, one loses its connection and recovers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

import { startServer } from '../support/server.mjs';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
const desktop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

let server;
let browser;

before(async () => {
  await mkdir(folder, { recursive: true });
  server = await startServer({}, ['--dev']);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

function chromiumPath() {
  return process.env.CHROMIUM ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
}

/** Opens the page as somebody, in a window of their own; complaints of the page fail the test. */
async function open(t, name, channel, options = {}) {
  const context = await browser.newContext({ viewport: desktop, ...options });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  t.after(() => assert.deepEqual(complaints, []));
  await page.goto(`${server.http}/#channel=${channel}`);
  await page.getByTestId('name').fill(name);
  await page.getByTestId('state').and(page.locator('[data-state=connected]')).waitFor();
  return page;
}

async function say(page, text) {
  await page.getByTestId('text').fill(text);
  await page.getByTestId('send').click();
}

async function texts(page) {
  return page.locator('[data-testid=message] .text').allTextContents();
}

async function waitForMessage(page, text) {
  await page.locator('[data-testid=message] .text').filter({ hasText: text }).waitFor();
}

async function shot(page, name) {
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true });
}

test('two windows chat, one drops and recovers in order', async (t) => {
  const ada = await open(t, 'Ada', 'chat:bells');
  const bo = await open(t, 'Bo', 'chat:bells', { colorScheme: 'dark' });
  await ada.locator('[data-testid=presence-item]').nth(1).waitFor();
  await say(ada, 'Does it ring?');
  await waitForMessage(bo, 'Does it ring?');
  await say(bo, 'Loud and clear.');
  await waitForMessage(ada, 'Loud and clear.');

  await bo.getByTestId('drop').click();
  await bo.getByTestId('state').and(bo.locator('[data-state=dropped]')).waitFor();
  for (const text of ['One while you are away', 'Two', 'Three']) {
    await say(ada, text);
    await waitForMessage(ada, text);
  }
  await shot(bo, 'demo-dropped-1440-dark');
  await bo.getByTestId('drop').click();
  const notice = bo.getByTestId('recovered-notice');
  await notice.waitFor();
  assert.equal(await notice.getAttribute('data-recovered'), 'true');
  assert.equal(await notice.getAttribute('data-count'), '3');
  await say(bo, 'Nothing was lost.');
  await waitForMessage(ada, 'Nothing was lost.');

  const all = ['Does it ring?', 'Loud and clear.', 'One while you are away', 'Two', 'Three', 'Nothing was lost.'];
  assert.deepEqual(await texts(ada), all);
  assert.deepEqual(await texts(bo), all);
  assert.equal(await bo.getByTestId('recovered-badge').count(), 3);
  await shot(ada, 'demo-1440-light');
  await shot(bo, 'demo-recovered-1440-dark');
});

test('a drop ends by itself', async (t) => {
  const page = await open(t, 'Ada', 'chat:alone');
  await page.getByTestId('drop').click();
  await page.locator('[data-state=dropped]').waitFor();
  await page.locator('[data-state=connected]').waitFor({ timeout: 10_000 });
});

test('the curl line publishes into the channel', async (t) => {
  const page = await open(t, 'Ada', 'chat:backend');
  await page.locator('[data-testid=presence-item]').waitFor();
  const command = await page.getByTestId('curl').textContent();
  const answer = execFileSync('sh', ['-c', command.replace(/^curl /, 'curl -s ')], { encoding: 'utf8' });
  assert.equal(JSON.parse(answer).result.offset, 1);
  await waitForMessage(page, 'Hello from curl');
});

test('the page copies the curl line', async (t) => {
  const page = await open(t, 'Ada', 'chat:copy', { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.getByTestId('copy').click();
  await page.getByText('Copied').waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl -X POST .*chat:copy/);
});

test('a stranger cannot put markup on the page', async (t) => {
  const page = await open(t, 'Ada', 'chat:hostile');
  await page.locator('[data-testid=presence-item]').waitFor();
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await server.api('publish', { channel: 'chat:hostile', data: { text: markup, name: markup } });
  await waitForMessage(page, 'onerror');
  assert.equal(await page.locator('[data-testid=message] img, [data-testid=message] script').count(), 0);
});

test('the page can be used at 390 px', async (t) => {
  const page = await open(t, 'Ada', 'chat:phone', { viewport: phone, hasTouch: true, isMobile: true });
  await page.locator('[data-testid=presence-item]').waitFor();
  await shot(page, 'demo-empty-390-light');
  await say(page, 'From a small screen, with a line that is long enough to wrap around at least once.');
  await waitForMessage(page, 'From a small screen');
  await server.api('publish', { channel: 'chat:phone', data: { order: 17, status: 'shipped', items: ['bell', 'rope'] } });
  await page.locator('[data-testid=message] .payload').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= phone.width, `the page is ${width} px wide`);
  await shot(page, 'demo-390-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot(page, 'demo-390-dark');
});
