export { RouterHttpModule, RouterWorkerModule } from './router.module';
export { TABLES } from './store/tables';
