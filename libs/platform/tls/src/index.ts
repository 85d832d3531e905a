export { certificatesOf, certificatesProblem } from './certificates';
export { handshakeRefusal } from './handshake';
export { certificateOfPeer, certificateOfServer } from './peer-certificate';
export { TlsFiles, tlsFileProblems, type TlsPaths } from './tls-files';
export { tlsRefusal, type Refusal, type RefusalKind } from './refusal';
