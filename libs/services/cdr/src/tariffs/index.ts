export { tariffs } from './block';
export { TypeormTermsSource } from './store/typeorm-terms-source';
