import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface Link {
  /** The page, relative to the root, and the line of the link. */
  readonly page: string;
  readonly line: number;
  readonly target: string;
}

/** Links within the repository: what is in code blocks or code spans, or leads to another site, is none. */
export function linksOf(page: string, text: string): Link[] {
  return textLines(text).flatMap(({ line, number }) =>
    [...line.replace(/`[^`]*`/g, '').matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: +(\S+)/g)]
      .map(([, inline, reference]) => inline ?? reference ?? '')
      .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target))
      .map((target) => ({ page, line: number, target })),
  );
}

/** The reason why a link leads nowhere, or null. */
export function deadLink(root: string, { page, target }: Link): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path)));
  if (file.startsWith('..')) return 'leads out of the repository';
  if (!existsSync(join(root, file))) return `there is no ${file}`;
  if (anchor === undefined) return null;
  if (statSync(join(root, file)).isDirectory() || !file.endsWith('.md')) return null;
  return anchorsOf(readFileSync(join(root, file), 'utf8')).includes(anchor) ? null : `${file} has no heading #${anchor}`;
}

/** The anchors that GitHub gives to headings: the second heading of the same text gets `-1`. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return textLines(text).flatMap(({ line }) => {
    const heading = /^#{1,6} +(.*?) *#*$/.exec(line)?.[1];
    if (heading === undefined) return [];
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return [times === 0 ? slug : `${slug}-${times}`];
  });
}

/** The lines outside of fenced code. */
function textLines(text: string): { line: string; number: number }[] {
  let fence: string | null = null;
  return text.split('\n').flatMap((line, index) => {
    const mark = /^ *(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
      return [];
    }
    return fence === null ? [{ line, number: index + 1 }] : [];
  });
}
