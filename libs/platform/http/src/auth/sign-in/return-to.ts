/** Characters of a path. */
const MAX_LENGTH = 1_024;
/** No site has this name. */
const HERE = 'https://here.invalid';

/**
 * Whether a browser stays on this site when it is sent there: a path with one slash at its beginning, and nothing that browsers read as the name of another host
 * (`//host`, `/\host`, a tab in between).
 */
export function isPathOfThisSite(path: string): boolean {
  if (path.length > MAX_LENGTH || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\')) return false;
  return URL.canParse(path, HERE) && new URL(path, HERE).origin === HERE;
}
