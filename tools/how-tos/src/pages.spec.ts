import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from './pages';
import { shellBlocks } from './shell-blocks';

const DOCS = join(__dirname, '../../../docs');
const withBlocks = ['how-to', 'tutorial'].flatMap((folder) =>
  readdirSync(join(DOCS, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replace(/\.md$/, '')}`)
    .filter((page) => blocksOf(page).length > 0),
);

function blocksOf(page: string) {
  return shellBlocks(readFileSync(join(DOCS, `${page}.md`), 'utf8'));
}

it('lists every page that has shell commands, and no other', () => {
  expect(Object.keys(PAGES).toSorted()).toEqual(withBlocks.toSorted());
});

it.each(Object.entries(PAGES))('%s leaves out only blocks that it has', (page, { leftOut = {} }) => {
  for (const text of Object.keys(leftOut))
    expect(
      blocksOf(page)
        .map((block) => block.text)
        .join(),
    ).toContain(text);
});
