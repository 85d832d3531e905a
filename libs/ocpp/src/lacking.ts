/** A message as it is received: without these members it is kept all the same (`missing-member` in the README). */
export type Lacking<Message, Members extends keyof Message> = Omit<Message, Members> & { [Name in Members]?: Message[Name] | undefined };
