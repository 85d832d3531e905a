export interface Gate {
  promise: Promise<void>;
  resolve(): void;
}

/** A promise that somebody else resolves. */
export function gate(): Gate {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
