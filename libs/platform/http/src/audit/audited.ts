import { SetMetadata } from '@nestjs/common';

const AUDITED = 'voltbus.audited';

/** The resource of a route, as the audit log identifies it. */
export interface AuditTarget {
  tenant: string;
  params: Readonly<Record<string, string>>;
}

export interface Auditing<C = never> {
  /** The resource that the route changes, as the API shows it. Without this, `before` is null, and `after` is the answer. */
  view?(controller: C, target: AuditTarget): Promise<unknown>;
  /** The part of the answer that is recorded, where the answer carries a secret. */
  after?(answer: never): unknown;
}

/** Handler: how its changes are recorded. A changing route without this mark is recorded too. */
export const Audited = <C>(auditing: Auditing<C>) => SetMetadata(AUDITED, auditing);

export { AUDITED };
