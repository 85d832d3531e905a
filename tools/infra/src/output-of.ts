const MOST = 3_000;

/** The output of a command that failed under `execFileSync`, for an error message. */
export function outputOf(error: unknown): string {
  const { stderr, stdout, code } = error as { stderr?: Buffer; stdout?: Buffer; code?: string }; // what execFileSync throws
  const output = `${stdout?.toString() ?? ''}${stderr?.toString() ?? ''}`.trim();
  return output !== '' ? output.slice(-MOST) : code === 'ENOENT' ? 'it is not installed' : String(error);
}
