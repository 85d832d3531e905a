/** An option of a command, as `parseArgs` of node:util takes it, and what it is for. */
export interface DescribedOption {
  type: 'string' | 'boolean';
  default?: string | boolean;
  /** What stands for its value in the help; a boolean has none. */
  value?: string;
  says: string;
}

export interface DescribedCommand {
  /** How it is called, a line for each way. */
  usage: readonly string[];
  about: string;
  options: Readonly<Record<string, DescribedOption>>;
}

/** Whether the words ask for help. What else they say does not matter then. */
export function asksForHelp(words: readonly string[]): boolean {
  return words.includes('--help') || words.includes('-h');
}

/** What `--help` prints: how a command is called, what it does, every option with its default. */
export function helpText({ usage, about, options }: DescribedCommand): string {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([name, { value, says, default: usual }]) =>
      [`--${name}${value === undefined ? '' : ` ${value}`}`, `${says}${shownDefault(usual)}`] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, says]) => `  ${option.padEnd(width)}  ${says}`);
  return [...usage, '', about, '', ...lines, ''].join('\n');
}

const HELP: DescribedOption = { type: 'boolean', says: 'show this' };

function shownDefault(usual: DescribedOption['default']): string {
  return usual === undefined || usual === false ? '' : ` (default: ${usual})`;
}
