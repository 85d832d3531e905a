const MOST = 3_000;

/** What a command said that `execFileSync` ran in vain. */
export function wordsOf(error: unknown): string {
  const { stderr, stdout, code } = error as { stderr?: Buffer; stdout?: Buffer; code?: string }; // what execFileSync throws
  const said = `${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`.trim();
  return said !== '' ? said.slice(-MOST) : code === 'ENOENT' ? 'it is not installed' : String(error);
}
