import { staleFiles, writeGenerated } from './generate';

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) return writeGenerated(process.cwd());
  const stale = await staleFiles(process.cwd());
  if (stale.length === 0) return;
  console.error(`generated files are stale: ${stale.join(', ')}; run "npm run codegen"`);
  process.exitCode = 1;
}

void main();
