import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';
import { CHART } from './render';

const MARK = '# --';
const BEGIN = '<!-- values: npm run docs:chart -->';
const END = '<!-- end of values -->';

/** The chart's README with the table of values generated from values.yaml. */
export function readmeWithValues(): string {
  const readme = readFileSync(join(CHART, 'README.md'), 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no ${BEGIN} ... ${END}`);
  const rows = valuesOf(readFileSync(join(CHART, 'values.yaml'), 'utf8')).map(
    ({ path, defaultValue: usual, description: about }) => `| \`${path}\` | \`${usual}\` | ${about} |`,
  );
  return `${before}${BEGIN}\n\n| Value | Default | |\n| --- | --- | --- |\n${rows.join('\n')}\n\n${END}${after}`;
}

interface DocumentedValue {
  path: string;
  defaultValue: string;
  description: string;
}

/** Every value with a comment that begins with `# --`. Throws when neither a value nor anything below it has one. */
export function valuesOf(source: string): DocumentedValue[] {
  const { contents } = parseDocument(source);
  if (!isMap(contents)) throw new Error('values.yaml is not a map');
  return valuesBelow(contents, '');
}

function valuesBelow(map: YAMLMap, above: string): DocumentedValue[] {
  return map.items.flatMap((pair, index) => {
    const { key, value } = pair as Pair;
    if (!isScalar(key)) throw new Error(`a key below ${above} is not a name`);
    const path = above === '' ? String(key.value) : `${above}.${String(key.value)}`;
    // The first comment of a map stands before the map, not before its first key.
    const comment = key.commentBefore ?? (index === 0 ? map.commentBefore : null) ?? '';
    const line = comment.split('\n').find((one) => `#${one}`.startsWith(MARK));
    if (line !== undefined)
      return [
        {
          path,
          defaultValue: JSON.stringify(isMap(value) || value instanceof Object ? (value as YAMLMap).toJSON() : value),
          description: line.slice(3).trim(),
        },
      ];
    if (isMap(value) && value.items.length > 0) return valuesBelow(value, path);
    if (isMap(value)) return []; // it has only the values of `defaults`
    throw new Error(`${path} has no comment`);
  });
}
