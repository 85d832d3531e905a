import { COMMAND_RESULTS } from '@voltbus/contracts';
import { UPLOADS_PATH, UPLOAD_RECEIVER } from '@voltbus/http';
import { v16, v21 } from '@voltbus/ocpp';
import { encryptionKeys, peppers } from '@voltbus/runtime';
import { answer, defineBlock, onEach } from '@voltbus/service';
import { FileSweep, MEGABYTE, TokenAddress, files as fileBlock } from '../files';
import { stationRequests } from '../station-requests';
import { LogsController } from './http/logs.controller';
import { LogFiles } from './log-files';
import { REMOVAL_BATCH } from './limits';
import { Logs } from './logs';
import { logRules } from './rules';
import { UrlSeal } from '../stations/sealed-url';
import { logFilesMigration } from './store/migrations/0260-log-files';
import { tables } from './store/tables';
import { TypeormLogFiles } from './store/typeorm-log-files';
import { UploadTelemetry } from './upload-telemetry';
import { Uploads } from './uploads';

/** Time between two looks for requests to send, and for those that take too long. */
const SWEEP_INTERVAL_MS = 5_000;
const DAY_MS = 86_400_000;

/** OCPP N01, and the diagnostics of 1.6: logs of stations. */
export const logs = defineBlock({
  name: 'logs',
  migrations: [logFilesMigration],
  tables,
  store: ({ database }) => new TypeormLogFiles(database),
  build({ store: rows, use, settings, now, logger, metrics }) {
    const { UPLOAD_URL: url, UPLOAD_SECONDS } = settings;
    const { store, statuses, of } = use(stationRequests);
    const address = new TokenAddress(peppers(settings), url, { path: UPLOADS_PATH, purpose: 'log upload' });
    const operators = new UrlSeal(encryptionKeys(settings), 'log-upload-address');
    const requests = of(logRules({ address, operators }));
    const files = use(fileBlock).store;
    const telemetry = new UploadTelemetry(logger, metrics);
    const withinMs = UPLOAD_SECONDS * 1_000;
    const uploads = new Uploads({
      ...{ store, requests, files, rows, address, now },
      telemetry,
      limits: {
        ...{ withinMs, maxBytes: settings.UPLOAD_MAX_MB * MEGABYTE, atOnce: settings.UPLOADS_AT_ONCE },
        tenantBytes: settings.FILES_MB_PER_TENANT * MEGABYTE,
      },
    });
    const keptMs = settings.RETENTION_LOG_FILES_DAYS * DAY_MS; // 0: for ever
    const sweep = new FileSweep({
      ...{ rows, files, now, uploadMs: withinMs, telemetry, first: () => uploads.noticeAll() },
      removable: ({ now: at, lostBefore }) =>
        rows.removable({ keptSince: keptMs === 0 ? null : new Date(at.getTime() - keptMs), lostBefore }, REMOVAL_BATCH),
    });
    const asked = new Logs({ requests, operators, receives: url !== undefined, now });
    return { logs: asked, requests, statuses, uploads, sweep, files: new LogFiles({ rows, files }), address, rows };
  },
  // N01.FR.03; 1.6 section 4.4, whose statuses have no request id, and its security whitepaper
  answers: ({ statuses, requests }) => [
    answer(v16.DiagnosticsStatusNotification, statuses.readBy(requests)),
    answer(v16.LogStatusNotification, statuses.readBy(requests)),
    answer(v21.LogStatusNotification, statuses.readBy(requests)),
  ],
  on: ({ requests }) => [onEach(COMMAND_RESULTS.events.ended, ({ data }) => requests.onEnded(data))],
  jobs: ({ requests }) => [{ name: 'logs of stations', everyMs: SWEEP_INTERVAL_MS, run: () => requests.sweep() }],
  controllers: [LogsController],
  provides: (provide) => [
    provide(Logs, (built) => built.logs),
    provide(LogFiles, ({ files }) => files),
    provide(UPLOAD_RECEIVER, ({ uploads }) => uploads),
  ],
  httpParts: ({ sweep }) => [{ name: 'files of logs', phase: 'work', start: () => sweep.start(), stop: () => sweep.stop() }],
});
