/** An option of a command: the configuration that `parseArgs` of node:util takes, with a description for the help. */
export interface DescribedOption {
  type: 'string' | 'boolean';
  default?: string | boolean;
  /** The placeholder of its value in the help; a boolean has none. */
  value?: string;
  description: string;
}

export interface DescribedCommand {
  /** The ways to call it, a line for each. */
  usage: readonly string[];
  about: string;
  options: Readonly<Record<string, DescribedOption>>;
}

/** True when the arguments ask for help; the other arguments are ignored then. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/** Returns the output of `--help`: how a command is called, what it does, and every option with its default. */
export function helpText({ usage, about, options }: DescribedCommand): string {
  const rows = Object.entries({ ...options, help: HELP }).map(
    ([name, { value, description, default: usual }]) =>
      [`--${name}${value === undefined ? '' : ` ${value}`}`, `${description}${shownDefault(usual)}`] as const,
  );
  const width = Math.max(...rows.map(([option]) => option.length));
  const lines = rows.map(([option, description]) => `  ${option.padEnd(width)}  ${description}`);
  return [...usage, '', about, '', ...lines, ''].join('\n');
}

const HELP: DescribedOption = { type: 'boolean', description: 'show this' };

function shownDefault(usual: DescribedOption['default']): string {
  return usual === undefined || usual === false ? '' : ` (default: ${usual})`;
}
