/** The kernel's logo: nine feature maps in viridis. */
const COLORS = ['440154', '3b528b', '21918c', '3b528b', 'fde725', '5ec962', '21918c', '5ec962', '3b528b'];

export const LOGO_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${COLORS.map(
  (color, i) =>
    `<rect x="${1 + (i % 3) * 10.33}" y="${1 + Math.floor(i / 3) * 10.33}" width="9.33" height="9.33" fill="#${color}"/>`,
).join('')}</svg>`;

/** The same as PNG, base64, 32 and 64 pixels wide. */
export const LOGO_PNG = {
  32: 'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgBAMAAACBVGfHAAAAHlBMVEUAAABEAVQ7UoshkYw7Uov95yVeyWIhkYxeyWI7UosmmdqKAAAAAXRSTlMAQObYZgAAAE1JREFUeNpjYEADjIwCDAwMHxUYGBgeGjAwMJxlQlcxQAIYgJHFgYGB4WAAAwPDxgQGBoZZg9el7AUMDAwTGxgYGBonMDAwpA9al2IAAHG8CTTC+FeoAAAAAElFTkSuQmCC',
  64: 'iVBORw0KGgoAAAANSUhEUgAAAEAAAABABAMAAABYR2ztAAAAHlBMVEUAAABEAVQ7UoshkYw7Uov95yVeyWIhkYxeyWI7UosmmdqKAAAAAXRSTlMAQObYZgAAAE5JREFUeNpjYKAUMDIIwpjvlWCse8Yw1lkGJkImjCoYVUBdwMjgAmPuCYWxVqfBWLNGg3pUAf3TZDmM2dkBY1XMhLHSR4N6VAG90yTlAADlKAlqAASqQgAAAABJRU5ErkJggg==',
};
