import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from './cli.js';

/**
 * Whether tests that need a browser are left out: they are played by `npm run test:browser` only, and fail where it
 * finds none.
 */
export const noBrowser = process.env['DRAIN_CHECK_TEST_BROWSER'] !== '1';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
let launched: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));
  if (executablePath === undefined) throw new Error('no Chromium was found; name one with CHROMIUM');
  launched ??= chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
  return launched;
}

export interface Opened {
  page: Page;
  /** Errors of the page, and whatever it asked the network for. */
  complaints: string[];
}

/** Opens a page from a file, as a reader would. */
export async function open(html: string, { width = 1280, dark = false } = {}): Promise<Opened> {
  const file = path.join(await temporaryDirectory(), 'report.html');
  await writeFile(file, html);
  const page = await (
    await browser()
  ).newPage({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' });
  onTestFinished(() => page.close());
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => complaints.push('dialog')));
  page.on('request', (request) => request.url().startsWith('file:') || complaints.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints };
}

export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
  launched = undefined;
}
