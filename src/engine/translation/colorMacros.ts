/** The colors that have names, in the order in which a terminal numbers them. */
const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const nameList = `[${names.map((name) => `'${name}'`).join(", ")}]`;

const red = 0xff0000;
const green = 0x00ff00;

/** A channel of a color from its hue, saturation and value, of which the offset is 5 for red, 3 for green, 1 for blue. */
function channel(offset: number): string {
  const distance = `((${offset} + hsv_[1] * 6) % 6)`;
  return `CAST(floor((hsv_[3] - hsv_[3] * hsv_[2] * greatest(0, least(${distance}, 4 - ${distance}, 1))) * 255 + 0.5) AS BIGINT)`;
}

/**
 * Colors are whole numbers: red, green and blue in a byte each, or below zero one that has a name. Between two colors lie
 * those between their hues, as in Presto.
 */
export const colorMacros: readonly string[] = [
  `CREATE MACRO sls_color_channel(x_, name_) AS
    CASE WHEN x_ NOT BETWEEN 0 AND 255 THEN CAST(name_ || ' must be between 0 and 255' AS BIGINT) ELSE x_ END`,
  `CREATE MACRO sls_rgb(red_, green_, blue_) AS sls_color_channel(red_, 'red') * 65536
    + sls_color_channel(green_, 'green') * 256 + sls_color_channel(blue_, 'blue')`,
  `CREATE MACRO sls_color(x_) AS list_transform([lower(x_)], lambda name_: CASE
    WHEN name_ IS NULL THEN NULL
    WHEN regexp_full_match(name_, '#[0-9a-f]{3}')
      THEN CAST('0x' || regexp_replace(substr(name_, 2), '(.)', '\\1\\1', 'g') AS BIGINT)
    ELSE coalesce(CAST(-list_position(${nameList}, name_) AS BIGINT), CAST('Invalid color: ' || name_ AS BIGINT)) END)[1]`,
  `CREATE MACRO sls_color_text(x_) AS
    CASE WHEN x_ < 0 THEN ${nameList}[-x_] ELSE '#' || lower(lpad(hex(CAST(x_ AS BIGINT)), 6, '0')) END`,
  `CREATE MACRO sls_color_bytes(x_) AS [
    CASE WHEN x_ < 0 THEN CAST('not a color of red, green and blue' AS DOUBLE) ELSE CAST(x_ // 65536 AS DOUBLE) END,
    x_ // 256 % 256, x_ % 256]`,
  `CREATE MACRO sls_hue(bytes_, high_, low_) AS (CASE
    WHEN high_ = low_ THEN 0
    WHEN bytes_[1] = high_ THEN (bytes_[2] - bytes_[3]) / (high_ - low_) + CASE WHEN bytes_[2] < bytes_[3] THEN 6 ELSE 0 END
    WHEN bytes_[2] = high_ THEN 2 + (bytes_[3] - bytes_[1]) / (high_ - low_)
    ELSE 4 + (bytes_[1] - bytes_[2]) / (high_ - low_) END) / 6`,
  `CREATE MACRO sls_hsv(x_) AS list_transform([sls_color_bytes(x_)], lambda bytes_: [
    sls_hue(bytes_, list_max(bytes_), list_min(bytes_)),
    CASE WHEN list_max(bytes_) = 0 THEN 0 ELSE (list_max(bytes_) - list_min(bytes_)) / list_max(bytes_) END,
    list_max(bytes_) / 255])[1]`,
  `CREATE MACRO sls_between_colors(share_, low_, high_) AS list_transform(
    list_transform(
      [list_zip(sls_hsv(low_), sls_hsv(high_))],
      lambda both_: list_transform(both_, lambda pair_:
        struct_extract(pair_, 1) * (1 - share_) + struct_extract(pair_, 2) * share_)),
    lambda hsv_: ${channel(5)} * 65536 + ${channel(3)} * 256 + ${channel(1)})[1]`,
  `CREATE MACRO sls_color_between(x_, low_, high_, low_color_, high_color_) AS sls_between_colors(
    least(1, greatest(0, (x_ - low_) / (high_ - low_))), low_color_, high_color_)`,
  // A terminal's cube of six shades of each, behind the 16 colors that come first.
  `CREATE MACRO sls_terminal_color(x_) AS CASE WHEN x_ < 0 THEN -x_ - 1
    ELSE 16 + x_ // 65536 * 6 // 256 * 36 + x_ // 256 % 256 * 6 // 256 * 6 + x_ % 256 * 6 // 256 END`,
  `CREATE MACRO sls_colored(x_, color_) AS
    chr(27) || '[38;5;' || sls_terminal_color(color_) || 'm' || x_`,
  "CREATE MACRO sls_render(x_, color_) AS sls_colored(x_, color_) || chr(27) || '[0m'",
  "CREATE MACRO sls_render_boolean(x_) AS CASE WHEN x_ THEN sls_render('✓', -3) WHEN NOT x_ THEN sls_render('✗', -2) END",
  `CREATE MACRO sls_bar_of(count_, width_, low_, high_) AS
    array_to_string(list_transform(range(count_), lambda place_:
      sls_colored('█', sls_between_colors(place_ / CAST(width_ - 1 AS DOUBLE), low_, high_))), '')
    || chr(27) || '[0m' || repeat(' ', width_ - count_)`,
  `CREATE MACRO sls_bar(x_, width_, low_, high_) AS list_transform(
    [CASE WHEN x_ IS NOT NULL THEN greatest(0, least(width_, CAST(trunc(x_ * width_) AS BIGINT))) END],
    lambda count_: sls_bar_of(count_, width_, low_, high_))[1]`,
];

/** From which color to which a bar goes where none are given. */
export const barColors = `${red}, ${green}`;
