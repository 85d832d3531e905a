const LEVELS: Readonly<Record<number, string>> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' };
/** Members at the top of a JSON line that are of no use to a person at a terminal. */
const LEFT_OUT: ReadonlySet<string> = new Set(['level', 'time', 'process', 'pod', 'msg', 'err']);

/** Formats a line of the JSON log for a person: time, level, message, then its details. */
export function plainLine(json: string): string {
  const line = JSON.parse(json) as Record<string, unknown>; // pino writes objects
  const { level, time, msg, err } = line as { level?: number; time?: string; msg?: string; err?: { stack?: string; message?: string } };
  const rest = Object.entries(line).flatMap(([name, value]) => (LEFT_OUT.has(name) ? [] : [`${name}=${shown(value)}`]));
  const what = err?.stack ?? err?.message;
  const head = [(time ?? '').slice(11, 23), (LEVELS[level ?? 0] ?? String(level)).padEnd(5), msg ?? '', ...rest].join(' ');
  const below = (what === undefined ? [] : what.split('\n')).map((each) => `  ${each}`);
  return [head, ...below].map((each) => `${escaped(each).trimEnd()}\n`).join('');
}

/** What would move a terminal, begin a line or turn the text around, as JSON writes it: a station's text forges no lines here. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
