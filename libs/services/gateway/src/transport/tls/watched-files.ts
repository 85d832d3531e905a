import { readFileSync } from 'node:fs';

export interface WatchEvents {
  reloaded(): void;
  /** The new contents cannot be used, and the last good ones are used on. Called once for each new problem. */
  failed(error: unknown): void;
}

/**
 * Files whose contents are used together, looked at again while the process runs. They are compared by content, because a secret of Kubernetes is swapped by a
 * symbolic link above them. A renewal may be half written: until all of it can be used, the last good contents are.
 */
export class WatchedFiles<T> {
  /** As last read, whether they could be used or not: the same contents are not tried again. */
  #seen: readonly Buffer[];
  #current: T;
  #problem = '';

  /** Throws where the files cannot be used. */
  constructor(
    private readonly paths: readonly string[],
    private readonly build: (contents: readonly Buffer[]) => T,
  ) {
    this.#seen = this.#read();
    this.#current = build(this.#seen);
  }

  get current(): T {
    return this.#current;
  }

  look(events: WatchEvents): void {
    try {
      const contents = this.#read();
      if (contents.every((one, index) => one.equals(this.#seen[index] ?? Buffer.alloc(0)))) return;
      this.#seen = contents;
      this.#current = this.build(contents);
      this.#problem = '';
      events.reloaded();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem) events.failed(error);
      this.#problem = problem;
    }
  }

  #read(): Buffer[] {
    return this.paths.map((path) => readFileSync(path));
  }
}
