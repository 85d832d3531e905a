import type { RunningPlace } from './running-place';
import type { ShellBlock } from './shell-blocks';

/** One script of a page's blocks. A command that fails is told with the line of the page, and the script goes on: so a page shows all of its faults at once. */
export function scriptOf(blocks: readonly ShellBlock[], place: RunningPlace): string {
  const body = blocks.map(({ line, text }) => `BLOCK=${line}\n${located(text, place)}`);
  return [`set -E`, `trap 'echo "FAILED in the block at line $BLOCK: $BASH_COMMAND" >&2' ERR`, ...body, ''].join('\n');
}

/** The addresses and the folder of the reader's own system become those of this run. */
function located(text: string, { apiUrl, ocppUrl, internalUrl, dataDir }: RunningPlace): string {
  const host = (url: string) => new URL(url).host;
  return text
    .replace(
      /npm run simulator --(?: --tenant (\w+))?/g,
      (words, tenant = 'default') => `${words} --url ${ocppUrl}/${tenant} --api ${apiUrl} --key-file ${dataDir}/admin-key`,
    )
    .replaceAll('node docs/how-to/examples/', `API=${apiUrl} KEY=$(cat ${dataDir}/admin-key) node docs/how-to/examples/`)
    .replace(/\b(?:127\.0\.0\.1|localhost):8080\b/g, host(apiUrl))
    .replace(/\b(?:127\.0\.0\.1|localhost):9000\b/g, host(ocppUrl))
    .replace(/\b(?:127\.0\.0\.1|localhost):9090\b/g, host(internalUrl))
    .replace(/(?<![\w-])(?:\.\/)?\.voltbus\b/g, dataDir);
}
