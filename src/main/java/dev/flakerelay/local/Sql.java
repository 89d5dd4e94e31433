package dev.flakerelay.local;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/** Statements with their values, on one connection. */
record Sql(Connection connection) {
  /** The first column of the first row, if there is one that is not null. */
  OptionalLong number(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet row = statement.executeQuery()) {
      if (!row.next()) {
        return OptionalLong.empty();
      }
      long number = row.getLong(1);
      return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
    }
  }

  int update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    }
  }

  PreparedStatement prepare(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }
}
