import { SetMetadata } from '@nestjs/common';

const AUDITED = 'voltbus.audited';

/** What a route is about, as the audit log needs it. */
export interface AuditTarget {
  tenant: string;
  params: Readonly<Record<string, string>>;
}

export interface Auditing<C = never> {
  /** The resource that the route changes, as the API shows it. Without it nothing stands before, and the answer stands after. */
  view?(controller: C, target: AuditTarget): Promise<unknown>;
  /** What of the answer is recorded; for answers that carry a secret. */
  after?(answer: never): unknown;
}

/** How a changing route is recorded. Every changing route is, also one that does not say how. */
export const Audited = <C>(auditing: Auditing<C>) => SetMetadata(AUDITED, auditing);

export { AUDITED };
