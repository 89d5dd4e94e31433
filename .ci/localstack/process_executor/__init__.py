"""A LocalStack runtime executor that starts Lambda functions as plain Java processes."""
