export { CdrHttpModule, CdrWorkerModule } from './cdr.module';
export { TABLES } from './store/tables';
