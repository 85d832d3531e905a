import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_UPLOADS_OF_REQUEST } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'log_files',
    holds: 'Logs that stations have uploaded: their names and sizes. The files are in VOLTBUS_FILES_DIR, or in S3',
    madeBy: 'stations',
    bound: `one whole file of a request, and ${MAX_UPLOADS_OF_REQUEST} uploads at once; VOLTBUS_FILES_MB_PER_TENANT, then 409`,
    keeping: {
      kind: 'own',
      how: 'after its file, which goes by `VOLTBUS_RETENTION_LOG_FILES_DAYS`, when somebody removes it, and within minutes after its request, station or tenant',
    },
  },
];
