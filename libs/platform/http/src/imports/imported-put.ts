import { CsmsError } from '@voltbus/contracts';
import type { z } from 'zod';
import { entityTagOf } from '../resources/entity-tag';
import type { Resource } from '../resources/resource';
import { ResourceChange } from '../resources/resource-change';
import type { WrittenOutcome } from './import-target';

/** Thrown inside the database transaction of a dry run, when all checks have passed. */
export class DryRunEnded extends Error {
  constructor(readonly outcome: WrittenOutcome) {
    super('a dry run writes nothing');
  }
}

interface ImportedPutOptions {
  params: Readonly<Record<string, string>>;
  body: unknown;
  onlyNew: boolean;
  dryRun: boolean;
}

/** There is no HTTP answer whose headers could be set. */
const noReply = { header: () => undefined, status: () => ({ header: () => undefined }) };

/** A PUT that an import asks for. It is the change that a request's PUT is, and also tells what it does. */
export class ImportedPut<Body extends z.ZodObject, Stored> extends ResourceChange<Body, Stored> {
  /** Null until the resource has been checked. */
  outcome: WrittenOutcome | null = null;
  private before: Stored | null = null;

  constructor(
    resource: Resource<Body, Stored>,
    private readonly options: ImportedPutOptions,
  ) {
    super(resource, { method: 'PUT', headers: {}, url: '', params: options.params, body: options.body }, noReply);
  }

  override decide(before: Stored | null): z.output<Body> {
    this.before = before;
    return super.decide(before);
  }

  override writes(after: Stored): void {
    const { onlyNew, dryRun } = this.options;
    const outcome = this.outcomeOf(after);
    if (outcome === 'replaced' && onlyNew)
      throw new CsmsError('precondition-failed', `onlyNew: there is such a ${this.resource.noun}, and it differs`);
    if (dryRun) throw new DryRunEnded(outcome);
    this.outcome = outcome;
  }

  private outcomeOf(after: Stored): WrittenOutcome {
    if (this.before === null) return 'created';
    return entityTagOf(this.resource, this.before) === entityTagOf(this.resource, after) ? 'unchanged' : 'replaced';
  }
}
