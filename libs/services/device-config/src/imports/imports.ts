import { CsmsError } from '@voltbus/contracts';
import type { ImportAuthor, ImportKind, ImportTarget, ImportWorker } from '@voltbus/http';
import type { ImportJob, ImportRequest } from './import-job';
import { parseItems } from './parsing/parse-items';
import type { TypeormImports } from './store/typeorm-imports';

interface Body {
  format: 'csv' | 'jsonl';
  bytes: Buffer;
}

interface ImportsParts {
  store: TypeormImports;
  /** Called after a commit that has queued an import. */
  wake(): void;
}

/** Bulk imports: asked for, watched and cancelled. `ImportRunner` carries them out. */
export class Imports implements ImportWorker {
  private readonly targets = new Map<ImportKind, ImportTarget>();

  constructor(private readonly parts: ImportsParts) {}

  serve(targets: readonly ImportTarget[]): void {
    for (const target of targets) this.targets.set(target.kind, target);
  }

  /** Throws `unavailable` where the process has no such resources. */
  targetOf(kind: ImportKind): ImportTarget {
    const target = this.targets.get(kind);
    if (target === undefined) throw new CsmsError('unavailable', `this process imports no ${kind}`);
    return target;
  }

  /** Queues the items of a body. Throws for what is wrong with the body as a whole; what is wrong with one item is its result. */
  async start(tenant: string, request: ImportRequest, { format, bytes }: Body, author: ImportAuthor): Promise<ImportJob> {
    const items = await parseItems(format, bytes, this.targetOf(request.kind));
    const job = await this.parts.store.create({ tenant, ...request, author, items });
    this.parts.wake();
    return job;
  }

  /** Throws `not-found`. */
  async find(tenant: string, id: string): Promise<ImportJob> {
    const job = await this.parts.store.find(tenant, id);
    if (job === null) throw new CsmsError('not-found', 'no such import');
    return job;
  }

  /** Throws `not-found`. One that has ended stays as it is. */
  async cancel(tenant: string, id: string): Promise<ImportJob> {
    await this.parts.store.cancel(tenant, id);
    return this.find(tenant, id);
  }
}
