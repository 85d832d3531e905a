import { tlsFileProblems } from '@voltbus/tls';
import type { fileSettings } from './file-settings';

type Name = keyof typeof fileSettings;
type Given = Readonly<Partial<Record<Name, string>>>;

const PREFIX = 'VOLTBUS_';
const OF_S3 = [
  ...(['FILES_S3_ENDPOINT', 'FILES_S3_REGION', 'FILES_S3_PREFIX', 'FILES_S3_PATH_STYLE', 'FILES_S3_ACCESS_KEY'] as const),
  ...(['FILES_S3_SECRET_KEY', 'FILES_S3_CA_FILE', 'FILES_S3_SECONDS'] as const),
];

/** Everything that does not fit together in where files are kept. `reaches`: the process has the HTTP API, and so reads the certificates. */
export function fileProblems(given: Given, reaches: boolean): string[] {
  const unused = (names: readonly Name[], because: string) =>
    names.filter((name) => given[name] !== undefined).map((name) => `${PREFIX}${name}: is of no use ${because}`);
  if (given.FILES_S3_BUCKET === undefined) return unused(OF_S3, `without ${PREFIX}FILES_S3_BUCKET`);
  const [id, secret] = [given.FILES_S3_ACCESS_KEY, given.FILES_S3_SECRET_KEY];
  const ca = given.FILES_S3_CA_FILE;
  return [
    ...unused(['FILES_DIR'], `with ${PREFIX}FILES_S3_BUCKET`),
    ...(id !== undefined && secret === undefined ? [`${PREFIX}FILES_S3_SECRET_KEY is required with ${PREFIX}FILES_S3_ACCESS_KEY`] : []),
    ...(id === undefined ? unused(['FILES_S3_SECRET_KEY'], `without ${PREFIX}FILES_S3_ACCESS_KEY`) : []),
    ...(given.FILES_S3_ENDPOINT?.startsWith('https:') === true
      ? []
      : unused(['FILES_S3_CA_FILE'], `without https:// in ${PREFIX}FILES_S3_ENDPOINT`)),
    ...(reaches && ca !== undefined ? tlsFileProblems({ ca }).map(({ message }) => `${PREFIX}FILES_S3_CA_FILE: ${message}`) : []),
  ];
}
