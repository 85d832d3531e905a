interface Deferred {
  promise: Promise<void>;
  resolve(): void;
}

/** A promise that is resolved from outside. */
export function deferred(): Deferred {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
