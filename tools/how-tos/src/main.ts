import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asksForHelp } from '@voltbus/runtime';
import { PAGES, type Page } from './pages';
import { runPage } from './run-page';

const HELP = `npm run docs:run -- [page ...]

Runs the shell commands of the pages in docs/how-to and docs/tutorial as they stand, each page against a system of its own (about ten minutes).
Ends with 1 when a command fails, or the API refuses what the page does not say it refuses.

  page    its file's name without .md, for example reset-a-station (default: all)
  --help  show this
`;

async function main(wanted: readonly string[]): Promise<void> {
  let failed = 0;
  for (const [name, page] of chosen(wanted)) {
    if (page.notRun !== undefined) {
      console.log(`not run  ${name}: ${page.notRun}`);
      continue;
    }
    if (!(await passes(name, page))) failed++;
  }
  console.log(failed === 0 ? 'all pages are as the system is' : `${failed} pages failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function chosen(wanted: readonly string[]): [string, Page][] {
  const pages = Object.entries(PAGES);
  const nameOf = (page: string) => page.replace(/^.*\//, '');
  const unknown = wanted.filter((name) => !pages.some(([page]) => nameOf(page) === name));
  if (unknown.length > 0) throw new Error(`no such page: ${unknown.join(', ')}`);
  return wanted.length === 0 ? pages : pages.filter(([page]) => wanted.includes(nameOf(page)));
}

/** Prints what came of it; keeps the folder of a page that failed, for whoever mends it. */
async function passes(name: string, page: Page): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-how-to-'));
  const { requests, faults } = await runPage(name, page, folder).catch((error: unknown) => ({ requests: 0, faults: [String(error)] }));
  if (faults.length === 0) {
    rmSync(folder, { recursive: true, force: true });
    console.log(`passed   ${name}: ${requests} requests`);
    return true;
  }
  console.log(`FAILED   ${name}: ${folder}\n${faults.map((fault) => `           ${fault}\n`).join('')}`);
  return false;
}

const args = process.argv.slice(2);
if (asksForHelp(args)) process.stdout.write(HELP);
else
  main(args).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
