export { CdrHttpModule, CdrWorkerModule } from './cdr.module';
