/** The number that is given for an option. Throws an error that names the option where it is not within its bounds. */
export function numberWithin(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!(value >= low && value <= high)) throw new Error(`--${option} ${text} is not from ${low} to ${high}`);
  return value;
}
