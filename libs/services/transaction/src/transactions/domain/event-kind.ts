import type { Report } from './transaction';

/**
 * The kind of a TransactionEvent without a valid eventType: only an end has a reason (E06), and only the first is
 * numbered 0 (E01).
 */
export function eventKind({ seqNo, stoppedReason }: { seqNo: number | undefined; stoppedReason: string | undefined }): Report['kind'] {
  if (stoppedReason !== undefined) return 'ended';
  return seqNo === 0 ? 'started' : 'updated';
}
