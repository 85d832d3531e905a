import { oldestKept } from './domain/retention';
import type { TypeormMessageLog } from './store/typeorm-message-log';
import type { TypeormMessageLogPartitions } from './store/typeorm-message-log-partitions';

interface MessageLogPartitionsParts {
  messageLog: TypeormMessageLog;
  partitions: TypeormMessageLogPartitions;
  now: () => Date;
}

/** Makes and removes the partitions of the message log, an hour each. */
export class MessageLogPartitions {
  constructor(private readonly parts: MessageLogPartitionsParts) {}

  /** Makes the hours to come, drops those that no tenant keeps, and removes copies that their own tenant keeps less long than others. */
  async turn(): Promise<void> {
    const { messageLog, partitions } = this.parts;
    const now = this.parts.now();
    await partitions.make(now);
    const hours = await messageLog.longestKept();
    await partitions.dropBefore(oldestKept(hours, now));
    await messageLog.forgetOld(now, hours);
  }
}
