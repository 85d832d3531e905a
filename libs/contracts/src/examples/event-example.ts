/** An event as it was published, for the descriptions. */
export interface EventExample {
  /** What had happened, in a sentence. */
  about: string;
  headers: Readonly<Record<string, string>> & { ce_type: string };
  value: object;
}
