/** Whether code may hold JSX: something looks like a tag that is opened, or compared, or a type's argument. */
export const opensTag = (code: string): boolean => /<[\w>]/.test(code);

/** Whether code that cannot be parsed holds JSX, as far as a regular expression tells: a tag is closed. */
export const closesTag = (code: string): boolean => /<\/|\/>/.test(code);
