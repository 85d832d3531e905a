import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorsOf, deadLink, linksOf } from './links';
import { ROOT, tracked } from './sources';

const pages = tracked('*.md');
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

describe('the documentation', () => {
  it('has no dead link: every file that it links to is there, and every heading', () => {
    const links = pages.flatMap((page) => linksOf(page, textOf(page)));
    expect(links.length).toBeGreaterThan(200);
    const dead = links.flatMap((link) => {
      const reason = deadLink(ROOT, link);
      return reason === null ? [] : [`${link.page}:${link.line} ${link.target}: ${reason}`];
    });
    expect(dead).toEqual([]);
  });

  it('lists every page in its index, docs/README.md', () => {
    const index = linksOf('docs/README.md', textOf('docs/README.md')).map(({ target }) => `docs/${target.split('#')[0]}`);
    const listed = pages.filter((page) => /^docs\/(tutorial|how-to|explanation|reference)\/[^/]+\.md$/.test(page));
    expect(listed.length).toBeGreaterThan(30);
    expect(listed.filter((page) => !index.includes(page))).toEqual([]);
  });
});

describe('a dead link', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'voltbus-links-'));
    mkdirSync(join(root, 'docs'));
    writeFileSync(
      join(root, 'docs/there.md'),
      "# What it's `for`\n\n```sh\n# no heading\n```\n\n## Same\n\n## Same\n\n## [A](b.md), and ü\n",
    );
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('is one to a file or a heading that is not there', () => {
    const targets = [
      'there.md',
      '#gone',
      'there.md#same',
      'there.md#same-1',
      'there.md#same-2',
      'there.md#no-heading',
      'gone.md',
      '../../etc',
    ];
    const dead = targets.filter((target) => deadLink(root, { page: 'docs/there.md', line: 1, target }) !== null);
    expect(dead).toEqual(['#gone', 'there.md#same-2', 'there.md#no-heading', 'gone.md', '../../etc']);
  });

  it('is found by the anchors of GitHub, and not in code', () => {
    expect(anchorsOf(readFileSync(join(root, 'docs/there.md'), 'utf8'))).toEqual(['what-its-for', 'same', 'same-1', 'a-and-ü']);
    const text =
      'See [a](a.md) and [b](<b.md> "title") `[c](c.md)` [d](https://d.test) ![e](e.png)\n\n```md\n[f](f.md)\n```\n\n[g]: g.md\n';
    expect(linksOf('x.md', text).map(({ line, target }) => `${line} ${target}`)).toEqual(['1 a.md', '1 b.md', '1 e.png', '7 g.md']);
  });
});
