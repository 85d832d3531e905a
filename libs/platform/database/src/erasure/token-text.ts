import type { ErasedToken } from './token-traces';

type Replacement = Pick<ErasedToken, 'idToken' | 'pseudonym'>;

/** A shorter id is one only where the name of its member or column says that it is a token. */
const LONG_ID = 8;

/** Members and columns that hold ids of tokens, in messages, events and tables. */
const NAMES_A_TOKEN =
  /^(?:id_?tokens?|id_?tags?|parent_?id_?tag|token|token_?id|additional_?id_?token|group_?id_?token|e_?maid|certificate_?emaid|rfid|uid|card_?id)$/i;
/** A signature proves nothing of a text that was changed. */
const SIGNED = /^signed/i;
/** Members that identify something else, or say of what kind it is: what stands there is no token, also where it is written like one. */
const NAMES_ANOTHER =
  /^(?:id|station|stations|type|kind|status|action|protocol|tariff|transaction|currency|measurand|unit|context|location|format)$/i;
/** Members of measured values: a register of so many Wh is no token. */
const NAMES_A_VALUE = /^(?:(?:actual_?)?value|(?:meter|energy)\w*)$/i;
/** Columns and members of texts in which an id stands among other words. */
const NAMES_A_TEXT = /^(?:key|start_key|path|reason|info|tech_?info|error)$/i;
/** Ids and times of our own and of messages: part of them is never a token. */
const WHOLE = /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?)$/i;
/** A string, the name of a member, or a number that may stand for a token where its member is named as one. */
const VALUE = /"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d[\w.+-]*/g;
const LOOKS_LIKE_JSON = /^\s*[[{"]/;
/** JSON may hide any character of an id behind its number. */
const HIDDEN = /\\u[\da-f]{4}/i;
const HIDDEN_SOUGHT = String.raw`\\+u[0-9a-f]{4}`;

/** An id that is taken for one wherever it stands: it is long, and no word. Others, such as `7` or `Accepted`, are one only where a name says so. */
function isPlain(idToken: string): boolean {
  return idToken.length >= LONG_ID && /\d/.test(idToken);
}

/** The text with the ids of these tokens replaced, wherever they stand as such; itself where none does. Without regard to case. `name`: of its column. */
export function withoutTokens(text: string, name: string, tokens: readonly Replacement[]): string {
  const found = HIDDEN.test(text) ? tokens : tokens.filter(({ idToken }) => mayName(text, idToken));
  if (found.length === 0) return text;
  return LOOKS_LIKE_JSON.test(text) ? inJson(text, name, found) : inText(text, name, found);
}

/** Of each string of the JSON, by the name of its member. Numbers stay as they are written, but for those of members that are named as tokens. */
function inJson(json: string, name: string, tokens: readonly Replacement[]): string {
  let member = name;
  return json.replaceAll(VALUE, (written: string, content: string | undefined, isName: string | undefined) => {
    if (content === undefined) return inNumber(written, member, tokens);
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

/** Stations write ids that consist of digits as numbers. */
function inNumber(written: string, member: string, tokens: readonly Replacement[]): string {
  if (!NAMES_A_TOKEN.test(member)) return written;
  const token = tokens.find(({ idToken }) => idToken === written);
  return token === undefined ? written : JSON.stringify(token.pseudonym);
}

function parsed(json: string): string | null {
  try {
    return JSON.parse(json) as string; // it is written as one
  } catch {
    return null;
  }
}

function inText(text: string, name: string, tokens: readonly Replacement[]): string {
  if (NAMES_ANOTHER.test(name)) return text;
  const isWhole = WHOLE.test(text);
  let result = text;
  for (const { idToken, pseudonym } of tokens) {
    if (text.trim().toUpperCase() === idToken.toUpperCase()) {
      if (NAMES_A_TOKEN.test(name) || (isPlain(idToken) && !isValue(name, idToken))) return pseudonym;
    } else if (isIn(name, idToken) && !isWhole) result = result.replaceAll(asWord(idToken), () => pseudonym);
  }
  return result;
}

/** Whether the id may be part of such a text. */
function isIn(name: string, idToken: string): boolean {
  return isPlain(idToken) || (idToken.length >= LONG_ID && NAMES_A_TEXT.test(name));
}

function isValue(name: string, idToken: string): boolean {
  return NAMES_A_VALUE.test(name) && /^[\d.+-]+$/.test(idToken);
}

function mayName(text: string, idToken: string): boolean {
  const upper = text.toUpperCase();
  return formsOf(idToken).some((form) => upper.includes(form.toUpperCase()));
}

/** As a column has the id, as JSON does, and as JSON within JSON; in both cases, because a database may know the case of ASCII alone. */
function formsOf(idToken: string): string[] {
  const forms = [idToken, idToken.toUpperCase(), idToken.toLowerCase()].flatMap((one) => {
    const json = jsonOf(one);
    return [one, json, json.replaceAll('/', '\\/'), jsonOf(json)];
  });
  return [...new Set(forms)];
}

function jsonOf(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * A regular expression of Postgres, without regard to case, that fits every text in which `withoutTokens` may find the id. A short one is a whole string, or a
 * number behind the name of a token.
 */
export function soughtFor(idToken: string): string {
  const forms = formsOf(idToken).map(escaped);
  if (idToken.length >= LONG_ID) return [HIDDEN_SOUGHT, ...forms].join('|');
  const number = /^\d+$/.test(idToken) ? [`(?:tag|tokens?|token_?id|emaid|rfid|uid|card_?id)\\\\*"\\s*:\\s*\\[?\\s*${idToken}(?!\\d)`] : [];
  return [HIDDEN_SOUGHT, ...forms.map((form) => `^\\s*${form}\\s*$|"\\s*${form}\\s*\\\\*"`), ...number].join('|');
}

/** Not within a longer word of letters and digits. */
function asWord(idToken: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped(idToken)}(?![\\p{L}\\p{N}])`, 'giu');
}

/** For regular expressions, of JavaScript (also with `u`, which knows no other escapes) and of Postgres. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
