import { runForTenant } from '@voltbus/database';
import type { z } from 'zod';
import type { AuditLog } from '../audit/audit-log';
import type { Auditing } from '../audit/audited';
import { recordable } from '../audit/audit.interceptor';
import { problemOf } from '../problems/problem';
import { faultsOf, faultyRequest } from '../requests/request-faults';
import { isObject } from '../resources/merge-patch';
import type { Importable } from './importable';
import type { ImportItem, ImportKind, ImportResult, ImportTarget, ItemProblem, WrittenOutcome } from './import-target';
import { DryRunEnded, ImportedPut } from './imported-put';

/** Places in an item that its result names. */
const MAX_ERRORS = 20;
/** Characters of a problem's text. */
const MAX_DETAIL = 1_000;
/** Faults of the item itself have the other statuses of 400 to 499. */
const CONFLICTS: ReadonlySet<number> = new Set([409, 412]);

type Put = ImportedPut<z.ZodObject, unknown>;

interface PutTargetParts {
  importable: Importable;
  put(tenant: string, key: string, change: Put): Promise<unknown>;
  /** Of the PUT: how the resource is shown in the audit log. */
  auditing: Auditing<unknown>;
  controller: unknown;
  auditLog: AuditLog | null;
}

/** Imports by the PUT of a controller: its checks, its write, its locks and its record in the audit log. */
export class PutTarget implements ImportTarget {
  readonly kind: ImportKind;
  readonly keyMember: string;
  readonly schema;

  constructor(private readonly parts: PutTargetParts) {
    const { kind, resource } = parts.importable;
    if (resource.identity === undefined) throw new Error(`a ${resource.noun} has no member that names it`);
    this.kind = kind;
    this.keyMember = resource.identity.member;
    this.schema = resource.schema;
  }

  identityOf(body: unknown): string | null {
    const { key, identityOf } = this.parts.importable;
    const { data } = key.safeParse(isObject(body) ? body[this.keyMember] : undefined);
    return data === undefined ? null : (identityOf?.(data) ?? data);
  }

  async put(item: ImportItem): Promise<ImportResult> {
    try {
      return { outcome: await runForTenant(item.tenant, () => this.attempt(item)) };
    } catch (error) {
      const { status, code, detail, ['errors']: errors } = problemOf(error);
      if (status >= 500) throw error;
      const problem: ItemProblem = { code, detail: detail.slice(0, MAX_DETAIL) };
      const named = Array.isArray(errors) ? { errors: (errors as NonNullable<ItemProblem['errors']>).slice(0, MAX_ERRORS) } : {};
      return { outcome: CONFLICTS.has(status) ? 'conflict' : 'invalid', problem: { ...problem, ...named } };
    }
  }

  private async attempt({ tenant, body, author, onlyNew, dryRun }: ImportItem): Promise<WrittenOutcome> {
    const key = this.keyOf(body);
    const params = { [this.keyMember]: key };
    const change = new ImportedPut(this.parts.importable.resource, { params, body, onlyNew, dryRun });
    if (dryRun) return this.tried(tenant, key, change);
    const path = `/v1/${this.kind}/${encodeURIComponent(key)}`;
    const before = await this.shown(tenant, params);
    return this.recorded({ tenant, ...author, method: 'PUT', path, before }, async () => {
      const after = await this.parts.put(tenant, key, change);
      if (change.outcome === null) throw new Error(`the PUT of ${this.kind} did not say what it writes`);
      return { after, outcome: change.outcome };
    });
  }

  private async tried(tenant: string, key: string, change: Put): Promise<WrittenOutcome> {
    try {
      await this.parts.put(tenant, key, change);
    } catch (error) {
      if (error instanceof DryRunEnded) return error.outcome;
      throw error;
    }
    throw new Error(`the PUT of ${this.kind} wrote in a dry run`);
  }

  /** As the audit interceptor records a PUT: before it is made, and with its outcome afterwards. */
  private async recorded(
    change: Parameters<AuditLog['begin']>[0],
    work: () => Promise<{ after: unknown; outcome: WrittenOutcome }>,
  ): Promise<WrittenOutcome> {
    const { auditLog } = this.parts;
    if (auditLog === null) return (await work()).outcome;
    const entry = { tenant: change.tenant, id: await auditLog.begin(change) };
    try {
      const { after, outcome } = await work();
      await auditLog.complete(entry, { status: outcome === 'created' ? 201 : 200, after: recordable(after) });
      return outcome;
    } catch (error) {
      if (problemOf(error).status < 500) await auditLog.withdraw(entry);
      throw error;
    }
  }

  private async shown(tenant: string, params: Readonly<Record<string, string>>): Promise<unknown> {
    const { auditing, controller } = this.parts;
    if (auditing.view === undefined) return null;
    try {
      return recordable(await auditing.view(controller, { tenant, params }));
    } catch (error) {
      if (problemOf(error).status >= 500) throw error;
      return null;
    }
  }

  private keyOf(body: unknown): string {
    if (!isObject(body)) throw faultyRequest('invalid', [{ path: '', message: 'is no object' }]);
    const { success, data, error } = this.parts.importable.key.safeParse(body[this.keyMember]);
    if (!success) throw faultyRequest('invalid', faultsOf(error, undefined, `/${this.keyMember}`));
    return data;
  }
}
