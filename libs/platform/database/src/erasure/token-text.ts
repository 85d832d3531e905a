import type { ErasedToken } from './token-traces';

type Replacement = Pick<ErasedToken, 'idToken' | 'pseudonym'>;

/** An id of so many characters is looked for wherever it stands; a shorter one only where the name of its member or column says that it is a token. */
export const LONG_ID = 8;

/** Members and columns that hold ids of tokens, in messages, events and tables. */
const NAMES_A_TOKEN =
  /^(?:id_?tokens?|id_?tags?|parent_?id_?tag|token|token_?id|additional_?id_?token|group_?id_?token|e_?maid|certificate_?emaid|rfid|uid|card_?id)$/i;
/** A signature proves nothing of a text that was changed. */
const SIGNED = /^signed/i;
const STRING = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;
const LOOKS_LIKE_JSON = /^\s*[[{"]/;

/** The text with the ids of these tokens replaced, wherever they stand as such; itself where none does. Without regard to case. `name`: of its column. */
export function withoutTokens(text: string, name: string, tokens: readonly Replacement[]): string {
  const found = tokens.filter(({ idToken }) => mayName(text, idToken));
  if (found.length === 0) return text;
  return LOOKS_LIKE_JSON.test(text) ? inJson(text, name, found) : inText(text, name, found);
}

/** Of each string of the JSON, by the name of its member; numbers stay as they are written. */
function inJson(json: string, name: string, tokens: readonly Replacement[]): string {
  let member = name;
  return json.replaceAll(STRING, (written: string, content: string, isName: string | undefined) => {
    const value = parsed(`"${content}"`);
    if (value === null) return written;
    if (isName !== undefined) {
      // a token may be a name: `{"idToken": {"idToken": ...}}` keeps the outer one for what stands in it
      member = value;
      return written;
    }
    const replaced = SIGNED.test(member) ? value : withoutTokens(value, member, tokens);
    return replaced === value ? written : JSON.stringify(replaced);
  });
}

function parsed(json: string): string | null {
  try {
    return JSON.parse(json) as string; // it is written as one
  } catch {
    return null;
  }
}

function inText(text: string, name: string, tokens: readonly Replacement[]): string {
  let result = text;
  for (const { idToken, pseudonym } of tokens) {
    if (text.trim().toUpperCase() === idToken.toUpperCase()) {
      if (idToken.length >= LONG_ID || NAMES_A_TOKEN.test(name)) return pseudonym;
    } else if (idToken.length >= LONG_ID) result = result.replaceAll(asWord(idToken), () => pseudonym);
  }
  return result;
}

function mayName(text: string, idToken: string): boolean {
  const upper = text.toUpperCase();
  return upper.includes(idToken.toUpperCase()) || upper.includes(JSON.stringify(idToken).slice(1, -1).toUpperCase());
}

/** Not within a longer word of letters and digits. */
function asWord(idToken: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(idToken)}(?![\\p{L}\\p{N}])`, 'giu');
}

/** For regular expressions, of JavaScript and of Postgres. */
export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}
