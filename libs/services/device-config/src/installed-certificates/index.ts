export { installedCertificates } from './block';
export type { TypeormInstalledCertificates } from './store/typeorm-installed-certificates';
