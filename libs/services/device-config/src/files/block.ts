import { join } from 'node:path';
import type { Settings } from '@voltbus/runtime';
import { defineBlock } from '@voltbus/service';
import type { FileStore } from './file-store';
import { FolderFiles } from './folder-files';
import { ObservedFiles } from './observed-files';
import { S3Files } from './s3-files';

/** Where the files of other blocks are kept: a folder, or a bucket of S3. */
export const files = defineBlock({
  name: 'files',
  build({ settings, logger, metrics }) {
    const place = placeOf(settings);
    return { store: new ObservedFiles(place, logger, metrics) satisfies FileStore, place };
  },
  stop({ place }) {
    if (place instanceof S3Files) place.close();
  },
});

function placeOf(settings: Settings): FolderFiles | S3Files {
  const { FILES_S3_BUCKET: bucket, FILES_S3_ENDPOINT: endpoint, FILES_S3_ACCESS_KEY: id, FILES_S3_SECRET_KEY: secret } = settings;
  if (bucket === undefined) return new FolderFiles(settings.FILES_DIR ?? join(settings.DATA_DIR, 'files'));
  return new S3Files({
    ...{ bucket, endpoint, region: settings.FILES_S3_REGION, prefix: settings.FILES_S3_PREFIX ?? '' },
    pathStyle: settings.FILES_S3_PATH_STYLE ?? endpoint !== undefined,
    credentials: id === undefined || secret === undefined ? undefined : { accessKeyId: id, secretAccessKey: secret },
    ...{ caFile: settings.FILES_S3_CA_FILE, waitMs: settings.FILES_S3_SECONDS * 1_000 },
  });
}
