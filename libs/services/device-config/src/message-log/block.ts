import { FRAMES, unpackFrames } from '@voltbus/contracts';
import { defineBlock, onRecords } from '@voltbus/service';
import { telemetry } from '../telemetry';
import { MessagesController } from './http/messages.controller';
import { MessageLogPartitions } from './partitions';
import { TypeormMessageLog } from './store/typeorm-message-log';
import { TypeormMessageLogPartitions } from './store/typeorm-message-log-partitions';
import { WriteBuffer } from './write-buffer';
import { messageLogMigration } from './store/migrations/0070-message-log';
import { tables } from './store/tables';

/** How often partitions are made and dropped. */
const PARTITIONS_INTERVAL_MS = 10 * 60_000;

/** Copies of messages from and to stations, for operators to look at. */
export const messageLog = defineBlock({
  name: 'message-log',
  migrations: [messageLogMigration],
  tables,
  store: ({ database }) => ({ messageLog: new TypeormMessageLog(database), partitions: new TypeormMessageLogPartitions(database) }),
  build: ({ store, use, now }) => ({
    messageLog: store.messageLog,
    writeBuffer: new WriteBuffer(store.messageLog, use(telemetry)),
    partitions: new MessageLogPartitions({ ...store, now }),
    telemetry: use(telemetry),
  }),
  on: ({ writeBuffer }) => [
    // Never fails and never waits: see WriteBuffer.
    onRecords(FRAMES, async (records) => {
      for (const { value } of records) writeBuffer.put(unpackFrames(value.toString('utf8')));
    }),
  ],
  start: ({ partitions, telemetry: counted }) => partitions.turn().catch((error: unknown) => counted.messageLogNotTurned(error)),
  stop: ({ writeBuffer }) => writeBuffer.stop(),
  jobs: ({ partitions }) => [{ name: 'message log partitions', everyMs: PARTITIONS_INTERVAL_MS, run: () => partitions.turn() }],
  controllers: [MessagesController],
  provides: (provide) => [provide(TypeormMessageLog, (built) => built.messageLog)],
});
