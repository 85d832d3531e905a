/** A message in which these members may be missing: it is kept all the same (`missing-member` in the README). */
export type SetOptional<Message, Members extends keyof Message> = Omit<Message, Members> & {
  [Name in Members]?: Message[Name] | undefined;
};
