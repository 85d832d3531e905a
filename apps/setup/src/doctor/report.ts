import type { Finding, Severity } from './finding';

const MARKS: Readonly<Record<Severity, string>> = { error: 'WRONG  ', warning: 'LOOK   ', skipped: 'SKIPPED', ok: 'ok     ' };
const ORDER: readonly Severity[] = ['error', 'warning', 'skipped', 'ok'];

/** The findings for a person: what is wrong first, each with what to do. */
export function report(findings: readonly Finding[]): string {
  const sorted = ORDER.flatMap((severity) => findings.filter((one) => one.severity === severity));
  const lines = sorted.map(
    ({ check, severity, message, remedy }) => `${MARKS[severity]}  ${check}: ${message}${remedy === '' ? '' : `\n           -> ${remedy}`}`,
  );
  const counted = ORDER.map((severity) => `${findings.filter((one) => one.severity === severity).length} ${severity}`).join(', ');
  return [...lines, '', counted, ''].join('\n');
}

/** 1 where something is wrong; warnings alone are 0. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
