import { pointer } from './json-pointer';

/** Whether JSON has brackets within brackets beyond `most`. The text is JSON: `JSON.parse` took it. */
export function nestedDeeper(json: string, most: number): boolean {
  let depth = 0;
  for (const token of tokens(json)) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

interface Container {
  /** Names seen in an object; null: an array. */
  keys: Set<string> | null;
  /** The member that is being read. */
  step: string;
}

/** Path of the first name that an object has twice, which `JSON.parse` would pass over; null: none. The text is JSON. */
export function repeatedKey(json: string): string | null {
  const open: Container[] = [];
  let expectsKey = false;
  for (const token of tokens(json)) {
    const top = open.at(-1);
    if (token === '{' || token === '[') open.push({ keys: token === '{' ? new Set() : null, step: '0' });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && top?.keys === null) top.step = String(Number(top.step) + 1);
    else if (expectsKey && top?.keys && token !== ',') {
      const key = JSON.parse(token) as string; // a string where a name stands
      top.step = key;
      if (top.keys.has(key)) return open.map(({ step }) => `/${pointer(step)}`).join('');
      top.keys.add(key);
    }
    expectsKey = (token === '{' || token === ',') && Boolean(open.at(-1)?.keys);
  }
  return null;
}

/** Brackets, commas, and whole strings. */
function* tokens(json: string): Generator<string> {
  const token = /[{}[\],]|"(?:[^"\\]|\\.)*"/g;
  for (let found = token.exec(json); found !== null; found = token.exec(json)) yield found[0];
}
