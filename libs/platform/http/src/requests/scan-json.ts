import { pointer } from './json-pointer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;

/** Whether brackets are nested deeper than `most`. The text need not be JSON, because this runs before the parser. */
export function nestedDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OBJECT || code === ARRAY) {
      if (++depth > most) return true;
    } else if (code === OBJECT_END || code === ARRAY_END) depth--;
  }
  return false;
}

interface Container {
  isObject: boolean;
  /** The names of an object so far; made only with its second name, because most objects have a few or none. */
  keys: Set<string> | null;
  /** The member of an object, or the index in an array, that is being read. */
  key: string;
  index: number;
}

/** Path of the first name that an object has twice, which `JSON.parse` does not report; null where there is none. The text must be JSON. */
export function repeatedKey(json: string): string | null {
  const open: Container[] = [];
  let top: Container | undefined;
  let expectsKey = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(json, at);
      if (expectsKey && top !== undefined) {
        if (isRepeated(top, textOf(json, at, end))) return pathOf(open);
        expectsKey = false;
      }
      at = end;
    } else if (code === OBJECT || code === ARRAY) {
      expectsKey = code === OBJECT;
      open.push((top = { isObject: expectsKey, keys: null, key: '', index: 0 }));
    } else if (code === OBJECT_END || code === ARRAY_END) {
      open.pop();
      top = open.at(-1);
      expectsKey = false;
    } else if (code === COMMA && top !== undefined) {
      top.index += 1;
      expectsKey = top.isObject;
    }
  }
  return null;
}

function isRepeated(object: Container, key: string): boolean {
  const before = object.key;
  object.key = key;
  if (object.index === 0) return false;
  object.keys ??= new Set([before]);
  if (object.keys.has(key)) return true;
  object.keys.add(key);
  return false;
}

/** Index of the closing quote of a string, or the end of a text without one. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

/** The name itself: it may be written in escapes. */
function textOf(json: string, start: number, end: number): string {
  const text = json.slice(start + 1, end);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

function pathOf(open: readonly Container[]): string {
  return open.map(({ isObject, key, index }) => `/${pointer(isObject ? key : String(index))}`).join('');
}
